export { type CriRuntime, type CriRuntimeOptions, criRuntime } from './cri_runtime.ts';
