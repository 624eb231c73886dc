export { BadSnapshotError, decodeFrames, encodeFrame, type SnapshotFrame, snapshotMagic } from './frames.ts';
export { refusePartOfSnapshot, restoredKey, restoreIntoStore, restoringKey } from './restore.ts';
export { everyKey, saveStore } from './save.ts';
