export { memoryStore } from './memory_store.ts';
export * from './store.ts';
