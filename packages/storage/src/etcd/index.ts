export { type EtcdStoreOptions, openEtcdStore } from './etcd_store.ts';
