// The grammar of label selectors on the wire (apimachinery labels.Parse):
//   selector    = [ requirement { "," requirement } ]
//   requirement = [ "!" ] KEY | KEY ( "=" | "==" | "!=" | ">" | "<" ) [ VALUE ] | KEY ( "in" | "notin" ) "(" values ")"
import { badRequest } from '../errors/make_error.ts';
import { invalidValue, joinFieldErrors } from '../field_error.ts';
import { type LabelOperator, type LabelRequirement, requirementErrors } from './label_requirement.ts';
import { labelKeyProblems } from './label_syntax.ts';

interface Token {
  kind: 'word' | 'end' | 'error' | 'in' | 'notin' | ')' | '(' | ',' | '!' | '==' | '=' | '!=' | '>' | '<';
  text: string;
}

// A selector comes in a URL, but also from in-process callers.
const maxLength = 1 << 20;
const symbols = new Set(['=', '!', '(', ')', ',', '>', '<']);
const binaryOperators = 'in, notin, =, ==, !=, gt, lt';

class SyntaxProblem extends Error {}

/** Throws ApiError 400 with upstream's words. */
export function parseRequirements(text: string): LabelRequirement[] {
  if (text.length > maxLength) throw badRequest('label selector is too long');
  try {
    return new Parser(tokenize(text)).parse();
  } catch (error) {
    if (error instanceof SyntaxProblem) throw badRequest(error.message);
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const first = this.#peek('value');
      if (first.kind === 'end') return requirements;
      if (first.kind !== 'word' && first.kind !== '!') {
        throw new SyntaxProblem(`found '${first.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const separator = this.#take('value');
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',') {
        throw new SyntaxProblem(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      const next = this.#peek('value');
      if (next.kind !== 'word' && next.kind !== '!') {
        throw new SyntaxProblem(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    try {
      const requirement = this.#readRequirement();
      const errors = requirementErrors(requirement);
      if (errors.length) throw new SyntaxProblem(joinFieldErrors(errors));
      return requirement;
    } catch (error) {
      if (error instanceof SyntaxProblem)
        throw new SyntaxProblem(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #readRequirement(): LabelRequirement {
    let token = this.#take('value');
    const negated = token.kind === '!';
    if (negated) token = this.#take('value');
    if (token.kind !== 'word') throw new SyntaxProblem(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const problems = labelKeyProblems(key);
    // Upstream has no path here and prints it as Go prints a nil.
    if (problems.length)
      throw new SyntaxProblem(joinFieldErrors([invalidValue('<nil>', key, problems.join('; '))]));
    if (negated) return { key, operator: '!', values: [] };
    const after = this.#peek('value').kind;
    if (after === 'end' || after === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#valueList() : [this.#value()];
    return { key, operator, values };
  }

  #operator(): LabelOperator {
    const { kind, text } = this.#take('operator');
    switch (kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return kind;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        throw new SyntaxProblem(`found '${text}', expected: ${binaryOperators}`);
    }
  }

  #value(): string {
    const next = this.#peek('value');
    if (next.kind === 'end' || next.kind === ',') return '';
    const token = this.#take('value');
    if (token.kind !== 'word') throw new SyntaxProblem(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  // Values are a set; an empty place between commas is the empty value.
  #valueList(): string[] {
    const open = this.#take('value');
    if (open.kind !== '(') throw new SyntaxProblem(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    const first = this.#peek('value');
    if (first.kind === ')') {
      this.#take('value');
      return [''];
    }
    if (first.kind !== 'word' && first.kind !== ',') {
      throw new SyntaxProblem(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    for (let expectValue = true; ; ) {
      const token = this.#take('value');
      if (token.kind === 'word' && expectValue) {
        values.add(token.text);
        expectValue = false;
      } else if (token.kind === ',') {
        if (expectValue) values.add('');
        expectValue = true;
      } else if (token.kind === ')') {
        if (expectValue) values.add('');
        return [...values].sort();
      } else {
        const expected = expectValue ? "',', or identifier" : "',' or ')'";
        throw new SyntaxProblem(`found '${token.text}', expected: ${expected}`);
      }
    }
  }

  // `in` and `notin` are words where a key or a value is expected.
  #peek(as: 'value' | 'operator'): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
    if (as === 'value' && (token.kind === 'in' || token.kind === 'notin')) {
      return { kind: 'word', text: token.text };
    }
    return token;
  }

  #take(as: 'value' | 'operator'): Token {
    const token = this.#peek(as);
    this.#at++;
    return token;
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const char = text[at]!;
    if (isSpace(char)) {
      at++;
    } else if (symbols.has(char)) {
      const two = text.slice(at, at + 2);
      const symbol = two === '==' || two === '!=' ? two : char;
      tokens.push({ kind: symbol as Token['kind'], text: symbol });
      at += symbol.length;
    } else {
      while (at < text.length && !symbols.has(text[at]!) && !isSpace(text[at]!)) at++;
      const word = text.slice(start, at);
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}
