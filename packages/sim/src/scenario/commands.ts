// What a scenario can say. A new command is one entry here.
import type { Ms } from '@kubets/base';
import type { Simulation } from '../cluster/simulation.ts';
import type { GetOptions } from '../kubectl/kubectl.ts';
import type { GeneratedNames } from './generated_names.ts';

export interface CommandContext {
  simulation: Simulation;
  names: GeneratedNames;
  /** The text of a file that stands beside the scenario. */
  readFile(name: string): Promise<string>;
}

type Run = (context: CommandContext, args: string[]) => Promise<string>;

export const commands: Readonly<Record<string, Run>> = {
  // advance 30s | 5m | 1h30m
  async advance({ simulation }, [duration = '']) {
    await simulation.advance(parseDuration(duration));
    return '';
  },

  // apply web.yaml
  async apply({ simulation, readFile }, [file = '']) {
    return simulation.apply(await readFile(file));
  },

  // get pods [name] [-A] [-n namespace] [-l selector] [-o wide|yaml|name]
  async get({ simulation, names }, args) {
    const { words, flags } = parseArguments(args);
    const [type = '', name] = words;
    const options: GetOptions = {
      name: name === undefined ? undefined : names.nameOf(name),
      namespace: flags['-n'],
      allNamespaces: '-A' in flags,
      labelSelector: flags['-l'],
      output: flags['-o'] as GetOptions['output'],
      cell: (text) => names.replaceIn(text),
    };
    return simulation.act(() => simulation.kubectl.get(type, options));
  },

  // describe pod web-0 [-n namespace]
  async describe({ simulation, names }, args) {
    const { words, flags } = parseArguments(args);
    const [type = '', name = ''] = words;
    const options = { namespace: flags['-n'], cell: (text: string) => names.replaceIn(text) };
    return simulation.act(() => simulation.kubectl.describe(type, names.nameOf(name), options));
  },

  // delete deployment web [-n namespace]
  async delete({ simulation, names }, args) {
    const { words, flags } = parseArguments(args);
    const [type = '', name = ''] = words;
    return simulation.act(async () =>
      names.replaceIn(await simulation.kubectl.delete(type, names.nameOf(name), { namespace: flags['-n'] })),
    );
  },

  // scale deployment web 5 [-n namespace]
  async scale({ simulation }, args) {
    const { words, flags } = parseArguments(args);
    const [type = '', name = '', replicas = ''] = words;
    const options = { namespace: flags['-n'] };
    return simulation.act(() => simulation.kubectl.scale(type, name, Number(replicas), options));
  },

  // kill node sim-2
  kill: nodeCommand((simulation, name) => simulation.killNode(name)),
  // start node sim-2
  start: nodeCommand((simulation, name) => simulation.startNode(name)),
  // cut node sim-2: of its network
  cut: nodeCommand((simulation, name) => simulation.cutNode(name)),
  // mend node sim-2
  mend: nodeCommand((simulation, name) => simulation.mendNode(name)),
};

/** @throws Error for an unknown command; failures of the API are printed, as kubectl does. */
export function findCommand(line: string): { run: Run; args: string[] } {
  const [name = '', ...args] = line.split(/\s+/);
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) throw new Error(`no command of a scenario: ${line}`);
  return { run, args };
}

function nodeCommand(act: (simulation: Simulation, name: string) => Promise<void>): Run {
  return async ({ simulation }, [noun, name]) => {
    if (noun !== 'node' || !name) throw new Error(`expected "node <name>", not "${noun} ${name ?? ''}"`);
    await act(simulation, name);
    return '';
  };
}

const withValue = new Set(['-n', '-l', '-o']);

function parseArguments(args: readonly string[]) {
  const words: string[] = [];
  const flags: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-')) words.push(arg);
    else flags[arg] = withValue.has(arg) ? (args[++i] ?? '') : '';
  }
  return { words, flags };
}

const unitMs: Record<string, Ms> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `1h30m`, `250ms`. */
export function parseDuration(text: string): Ms {
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new Error(`not a duration: ${text}`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit!]!, 0);
}
