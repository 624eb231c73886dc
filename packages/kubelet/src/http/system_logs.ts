// GET /logs/...: the log files of the machine itself, as a folder that one can walk through.
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeletAnswer, KubeletApiError } from './kubelet_request.ts';

const machineLogs = '/var/log';
/** More names of one folder are left out. */
const maxNames = 10_000;

export async function systemLogs(path: string, root = machineLogs): Promise<KubeletAnswer> {
  const top = await realpath(root).catch(notThere);
  const found = await realpath(join(top, join('/', path))).catch(notThere);
  // A pod that may write here could put a link to any file of the machine.
  if (found !== top && !found.startsWith(`${top}/`)) return notThere();
  const about = await stat(found).catch(notThere);
  if (about.isDirectory())
    return { status: 200, contentType: 'text/html; charset=utf-8', body: await listing(found) };
  // Reading from a pipe or a device might never end.
  if (!about.isFile()) return notThere();
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: createReadStream(found) };
}

/** As Go's file server shows a folder, whose form people's scripts read. */
async function listing(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lines = entries
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort()
    .slice(0, maxNames)
    .map(
      (name) =>
        `<a href="${encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')}">${escapeHtml(name)}</a>\n`,
    );
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join('')}</pre>\n`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}

function notThere(): never {
  throw new KubeletApiError(404, '404 page not found');
}
