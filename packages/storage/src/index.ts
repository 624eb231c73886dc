export { ByteSlabs } from './byte_slabs.ts';
export { memoryStore } from './memory_store.ts';
export * from './store.ts';
