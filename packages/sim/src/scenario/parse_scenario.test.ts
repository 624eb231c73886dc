import { describe, expect, test } from 'vitest';
import { findCommand, parseDuration } from './commands.ts';
import { GeneratedNames } from './generated_names.ts';
import { formatScenario, parseScenario } from './parse_scenario.ts';

const text = `# What it shows.
seed 7
nodes 2

> apply web.yaml
deployment.apps/web created

> advance 30s

> get pods
NAME    READY
web-1   1/1
`;

describe('scenarios as text', () => {
  test('are read', () => {
    expect(parseScenario(text)).toMatchObject({
      seed: 7,
      nodes: 2,
      steps: [
        { command: 'apply web.yaml', output: 'deployment.apps/web created\n' },
        { command: 'advance 30s', output: '' },
        { command: 'get pods', output: 'NAME    READY\nweb-1   1/1\n' },
      ],
    });
    expect(() => parseScenario('speed 3\n')).toThrow('speed 3');
  });

  test('are written as they were', () => {
    expect(formatScenario(parseScenario(text))).toBe(text);
  });

  test('name commands that exist', () => {
    expect(findCommand('kill node sim-1').args).toEqual(['node', 'sim-1']);
    expect(() => findCommand('toString')).toThrow('no command');
  });

  test('say durations', () => {
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(parseDuration('250ms')).toBe(250);
    expect(() => parseDuration('soon')).toThrow('soon');
    expect(() => parseDuration('5s later')).toThrow('later');
  });

  test('call generated names by the order of their making', () => {
    const names = new GeneratedNames();
    const pod = (name: string) => ({ metadata: { name, generateName: 'web-' } }) as never;
    for (const name of ['web-zzzzz', 'web-bbbbb', 'web-zzzzz']) names.learn(pod(name));
    expect(names.replaceIn('pods "web-bbbbb" and web-zzzzz')).toBe('pods "web-#2" and web-#1');
    expect(names.nameOf('web-#2')).toBe('web-bbbbb');
    expect(names.nameOf('other')).toBe('other');
  });
});
