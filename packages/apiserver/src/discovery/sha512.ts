import { constants, padded, type Words } from './sha_constants.ts';

/**
 * The eight words of SHA-512 (FIPS 180-4, section 6.4), each in two halves: arithmetic on BigInt is thirty times
 * slower, and documents are megabytes.
 */
export function sha512Words(data: Uint8Array): Words {
  const { start, rounds } = constants();
  const state: Words = { high: start.high.slice(), low: start.low.slice() };
  const view = padded(data, 128);
  const schedule: Words = { high: new Int32Array(80), low: new Int32Array(80) };
  for (let at = 0; at < view.byteLength; at += 128) {
    expand(view, at, schedule);
    compress(state, schedule, rounds);
  }
  return state;
}

function expand(view: DataView, at: number, { high, low }: Words): void {
  for (let i = 0; i < 16; i++) {
    high[i] = view.getInt32(at + i * 8);
    low[i] = view.getInt32(at + i * 8 + 4);
  }
  for (let i = 16; i < 80; i++) {
    const xh = high[i - 15]!;
    const xl = low[i - 15]!;
    const yh = high[i - 2]!;
    const yl = low[i - 2]!;
    // Rotated by 1 and 8, shifted by 7; rotated by 19 and 61, shifted by 6.
    const sxh = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
    const sxl = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
    const syh = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
    const syl = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
    const sum = (low[i - 16]! >>> 0) + (low[i - 7]! >>> 0) + (sxl >>> 0) + (syl >>> 0);
    low[i] = sum | 0;
    high[i] = high[i - 16]! + high[i - 7]! + sxh + syh + carry(sum);
  }
}

function compress(state: Words, w: Words, rounds: Words): void {
  let [ah, bh, ch, dh, eh, fh, gh, hh] = eight(state.high);
  let [al, bl, cl, dl, el, fl, gl, hl] = eight(state.low);
  for (let i = 0; i < 80; i++) {
    // Rotated by 14, 18 and 41.
    const seh = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
    const sel = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
    const choiceHigh = (eh & fh) ^ (~eh & gh);
    const choiceLow = (el & fl) ^ (~el & gl);
    let sum = (hl >>> 0) + (sel >>> 0) + (choiceLow >>> 0) + (rounds.low[i]! >>> 0) + (w.low[i]! >>> 0);
    const oneLow = sum | 0;
    const oneHigh = (hh + seh + choiceHigh + rounds.high[i]! + w.high[i]! + carry(sum)) | 0;
    // Rotated by 28, 34 and 39.
    const sah = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
    const sal = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
    const majorityHigh = (ah & bh) ^ (ah & ch) ^ (bh & ch);
    const majorityLow = (al & bl) ^ (al & cl) ^ (bl & cl);
    const twoSum = (sal >>> 0) + (majorityLow >>> 0);
    hh = gh;
    hl = gl;
    gh = fh;
    gl = fl;
    fh = eh;
    fl = el;
    sum = (dl >>> 0) + (oneLow >>> 0);
    el = sum | 0;
    eh = (dh + oneHigh + carry(sum)) | 0;
    dh = ch;
    dl = cl;
    ch = bh;
    cl = bl;
    bh = ah;
    bl = al;
    sum = (oneLow >>> 0) + ((twoSum | 0) >>> 0);
    al = sum | 0;
    ah = (oneHigh + sah + majorityHigh + carry(twoSum) + carry(sum)) | 0;
  }
  add(state, [ah, bh, ch, dh, eh, fh, gh, hh], [al, bl, cl, dl, el, fl, gl, hl]);
}

function add({ high, low }: Words, highs: readonly number[], lows: readonly number[]): void {
  for (let i = 0; i < 8; i++) {
    const sum = (low[i]! >>> 0) + (lows[i]! >>> 0);
    low[i] = sum | 0;
    high[i] = high[i]! + highs[i]! + carry(sum);
  }
}

/** What a sum of low halves passes on to the high halves. */
function carry(sum: number): number {
  return Math.floor(sum / 0x1_0000_0000);
}

type Eight = [number, number, number, number, number, number, number, number];

function eight(words: Int32Array): Eight {
  return Array.from(words) as Eight;
}
