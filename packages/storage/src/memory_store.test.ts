import { storeConformance } from './conformance.ts';
import { memoryStore } from './memory_store.ts';

storeConformance('memory', async () => ({ store: memoryStore() }));
