// The `kubets` command: one list of sub-commands, each loaded only when it is asked for.
import { errorMessage } from '@kubets/base';

export interface Command {
  /** Words after `kubets`. */
  name: string;
  summary: string;
  /** Lines of help below the summary. */
  usage: string;
  run(args: string[]): Promise<number>;
}

export const commandLoaders: readonly { name: string; load: () => Promise<Command> }[] = [
  { name: 'up', load: async () => (await import('./commands/up.ts')).up },
  { name: 'down', load: async () => (await import('./commands/down.ts')).down },
  { name: 'status', load: async () => (await import('./commands/status.ts')).status },
  { name: 'image', load: async () => (await import('./commands/image.ts')).image },
  { name: 'server', load: async () => (await import('./commands/server.ts')).server },
  { name: 'apiserver', load: async () => (await import('./commands/apiserver.ts')).apiserver },
  { name: 'agent', load: async () => (await import('./commands/agent.ts')).agent },
  { name: 'token', load: async () => (await import('./commands/token.ts')).token },
  { name: 'etcd', load: async () => (await import('./commands/etcd.ts')).etcd },
  { name: 'snapshot', load: async () => (await import('./commands/snapshot.ts')).snapshot },
  { name: 'history', load: async () => (await import('./commands/history.ts')).history },
  { name: 'fork', load: async () => (await import('./commands/fork.ts')).fork },
  { name: 'store', load: async () => (await import('./commands/store.ts')).store },
  { name: 'version', load: async () => (await import('./commands/version.ts')).version },
];

export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(await overview());
    return 0;
  }
  const entry = commandLoaders.find((loader) => loader.name === name);
  if (!entry) {
    process.stderr.write(`kubets: unknown command ${JSON.stringify(name)}; \`kubets help\` lists them\n`);
    return 2;
  }
  const command = await entry.load();
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own.includes('--help') || own.includes('-h')) {
    process.stdout.write(`${command.summary}\n\n${command.usage.trimEnd()}\n`);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    process.stderr.write(`kubets ${name}: ${error instanceof UserError ? error.message : describe(error)}\n`);
    return 1;
  }
}

/** A failure that the person at the keyboard can mend: its message is all that is shown. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

function describe(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  // parseArgs' errors are sentences about the command line.
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) return errorMessage(error);
  return (error instanceof Error && error.stack) || errorMessage(error);
}

async function overview(): Promise<string> {
  const commands = await Promise.all(commandLoaders.map((loader) => loader.load()));
  const rows = commands.map((command) => `  ${command.name.padEnd(11)}${command.summary}`);
  return `kubets: Kubernetes in TypeScript\n\nUsage: kubets COMMAND [FLAGS]\n\n${rows.join('\n')}\n\n\`kubets COMMAND --help\` tells more of one.\n`;
}
