const encoder = new TextEncoder();

async function sha256(data: string | Uint8Array): Promise<Uint8Array> {
  const bytes = typeof data === 'string' ? encoder.encode(data) : new Uint8Array(data);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export async function sha256Hex(data: string | Uint8Array): Promise<string> {
  return Array.from(await sha256(data), (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

/** The first eight bytes of the SHA-256 of `group/version/kind` in base64 (APIResource.storageVersionHash). */
export async function storageVersionHash(group: string, version: string, kind: string): Promise<string> {
  const bytes = (await sha256(`${group}/${version}/${kind}`)).subarray(0, 8);
  return btoa(String.fromCharCode(...bytes));
}
