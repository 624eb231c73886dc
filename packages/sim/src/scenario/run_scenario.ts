import { isApiError } from '@kubets/api';
import { createSimulation } from '../cluster/simulation.ts';
import { type CommandContext, findCommand } from './commands.ts';
import { GeneratedNames } from './generated_names.ts';
import { formatScenario, parseScenario, withoutBlankEnd } from './parse_scenario.ts';

export interface ScenarioResult {
  /** The scenario with what its commands printed now. Equal to the text that was run when nothing has changed. */
  text: string;
  trace: string;
}

/** Runs every command of a scenario, whatever they print. @throws Error for a command that does not exist. */
export async function runScenario(
  text: string,
  { readFile }: Pick<CommandContext, 'readFile'>,
): Promise<ScenarioResult> {
  const scenario = parseScenario(text);
  const names = new GeneratedNames();
  const { seed, nodes } = scenario;
  const simulation = await createSimulation({
    seed,
    nodes,
    onGeneratedName: (object) => names.learn(object),
  });
  try {
    const steps = [];
    for (const { command } of scenario.steps)
      steps.push({ command, output: await outputOf({ simulation, names, readFile }, command) });
    return { text: formatScenario({ head: scenario.head, steps }), trace: simulation.trace() };
  } finally {
    await simulation.stop();
  }
}

async function outputOf(context: CommandContext, line: string): Promise<string> {
  const { run, args } = findCommand(line);
  try {
    return withoutBlankEnd(await run(context, args));
  } catch (error) {
    if (!isApiError(error)) throw error;
    return context.names.replaceIn(`Error from server (${error.reason}): ${error.message}\n`);
  }
}
