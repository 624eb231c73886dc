import { parseArgs } from 'node:util';
import { errorMessage, silentLogger, systemClock } from '@kubets/base';
import {
  compactStore,
  defragStore,
  StoreInUseError,
  type StoreSizes,
  verifyStore,
} from '@kubets/storage/lmdb/index.ts';
import { type Command, UserError } from '../main.ts';
import { pathsOfName } from './cluster_flags.ts';

export const store: Command = {
  name: 'store',
  summary: 'check the embedded store, or make it smaller',
  usage: `
kubets store verify [--name NAME | --path FOLDER]    read all of it and compare it with its checksums;
                                                     while a server runs, a copy as of one moment is read
kubets store compact [--name NAME | --path FOLDER]   forget all history; the objects stay (a running server
                                                     does it by itself, for what is older than ten minutes)
kubets store defrag [--name NAME | --path FOLDER]    give the disk back what the file doesn't use

compact and defrag need the store for themselves: they refuse while a server has it. Exits 1 when verify
finds something wrong.
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' }, path: { type: 'string' } },
      allowPositionals: true,
    });
    const [verb, ...rest] = positionals;
    if (flags.name !== undefined && flags.path !== undefined) {
      throw new UserError('--name and --path exclude each other');
    }
    const path = flags.path ?? pathsOfName(flags.name).store;
    const act = rest.length === 0 ? verbs[verb ?? ''] : undefined;
    if (!act) throw new UserError('usage: kubets store verify|compact|defrag [--name NAME | --path FOLDER]');
    try {
      return await act(path);
    } catch (error) {
      if (error instanceof StoreInUseError) {
        throw new UserError(
          `${error.message}: end that one first with \`kill ${error.pid}\`; \`kubets up\` starts a cluster's server again`,
        );
      }
      throw new UserError(errorMessage(error));
    }
  },
};

const verbs: Record<string, (path: string) => Promise<number>> = {
  async verify(path) {
    const { problems, contents, usedBy, journaled, ...sizes } = await verifyStore(path);
    if (usedBy !== undefined) print(`in use by process ${usedBy}: a copy was read`);
    print(`size      ${describe(sizes)}`);
    if (contents) {
      const { format, revision, compacted, objects, changes } = contents;
      print(`revision  ${revision}, history from ${compacted}, format ${format}`);
      print(`contents  ${objects} objects, ${changes} changes`);
    }
    if (journaled) print(`journal   ${journaled} changes after these, which the next opening brings in`);
    for (const problem of problems) print(`problem   ${problem}`);
    const { length } = problems;
    print(length === 0 ? 'no problems' : length === 1 ? '1 problem' : `${length} problems`);
    return problems.length === 0 ? 0 : 1;
  },
  async compact(path) {
    const { before, after, revision } = await compactStore({ path, clock: systemClock, log: silentLogger });
    print(`before    ${describe(before)}`);
    print(`after     ${describe(after)}; history begins at revision ${revision}`);
    return 0;
  },
  async defrag(path) {
    const { before, after } = await defragStore(path);
    print(`before    ${describe(before)}`);
    print(`after     ${describe(after)}`);
    return 0;
  },
};

function describe({ fileBytes, usedBytes }: StoreSizes): string {
  return `${mebibytes(fileBytes)}, ${mebibytes(usedBytes)} of them in use`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
