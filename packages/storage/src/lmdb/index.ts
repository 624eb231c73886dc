export { type LmdbStoreOptions, openLmdbStore } from './lmdb_store.ts';
