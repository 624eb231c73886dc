export { StoreInUseError } from './lmdb_file.ts';
export { type LmdbStoreOptions, openLmdbStore } from './lmdb_store.ts';
export { compactStore, defragStore, type StoreReport, type StoreSizes, verifyStore } from './maintenance.ts';
