export { BadSnapshotError, decodeFrames, encodeFrame, type SnapshotFrame, snapshotMagic } from './frames.ts';
export { restoredKey, restoreIntoStore } from './restore.ts';
export { everyKey, saveStore } from './save.ts';
