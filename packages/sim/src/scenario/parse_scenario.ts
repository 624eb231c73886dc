// Scenarios are text: commands, and below each what it prints.
//
//     # Pods of a dead node move.
//     seed 7
//     nodes 3
//
//     > apply web.yaml
//     deployment.apps/web created
//
//     > advance 30s

export interface Step {
  command: string;
  /** What it is expected to print. */
  output: string;
}

export interface Scenario {
  seed: number;
  nodes: number;
  /** Lines before the first command, as they are. */
  head: string;
  steps: Step[];
}

const prompt = '> ';

/** @throws Error with the line that is wrong. */
export function parseScenario(text: string): Scenario {
  const blocks = text.split(new RegExp(`^${prompt}`, 'm'));
  const head = blocks[0] ?? '';
  const scenario: Scenario = { seed: 1, nodes: 3, head, steps: [] };
  for (const line of head.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const setting = /^(seed|nodes) (\d+)$/.exec(line);
    if (!setting) throw new Error(`not a setting of a scenario: ${line}`);
    scenario[setting[1] as 'seed' | 'nodes'] = Number(setting[2]);
  }
  for (const block of blocks.slice(1)) {
    const [command = '', ...lines] = block.split('\n');
    scenario.steps.push({ command: command.trim(), output: withoutBlankEnd(lines.join('\n')) });
  }
  return scenario;
}

export function formatScenario({ head, steps }: Pick<Scenario, 'head' | 'steps'>): string {
  const blocks = steps.map(({ command, output }) => `${prompt}${command}\n${output}`);
  return head + blocks.join('\n');
}

/** Output ends with one line end, or is empty. */
export function withoutBlankEnd(output: string): string {
  const text = output.trimEnd();
  return text === '' ? '' : `${text}\n`;
}
