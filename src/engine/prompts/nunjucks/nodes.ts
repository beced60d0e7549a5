/** Operators that JavaScript, and so Nunjucks, calculates from left to right by their precedence. */
export type BinaryOperator =
  | '=='
  | '==='
  | '!='
  | '!=='
  | '<'
  | '>'
  | '<='
  | '>='
  | '~'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '//'
  | '**';

/** Arguments of a call; `at` is a UTF-16 offset in the template here and below. */
export interface Arguments {
  positional: Expression[];
  named: [name: string, value: Expression][];
}

export interface Parameters {
  names: string[];
  defaults: [name: string, value: Expression][];
}

export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'pattern'; body: string; flags: string; at: number }
  | { kind: 'name'; name: string; at: number }
  | { kind: 'list'; items: Expression[] }
  /** In parentheses: the last of its items is its value. */
  | { kind: 'group'; items: Expression[] }
  | { kind: 'map'; entries: [key: string, value: Expression][] }
  | { kind: 'member'; object: Expression; key: Expression; at: number }
  | { kind: 'call'; callee: Expression; args: Arguments; at: number }
  | { kind: 'filter'; name: string; input: Expression; args: Arguments; at: number }
  | { kind: 'test'; name: string; operand: Expression; args: Arguments; at: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; at: number }
  | { kind: 'logic'; operator: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'in'; left: Expression; right: Expression; at: number }
  | { kind: 'unary'; operator: 'not' | '-' | '+'; operand: Expression }
  | { kind: 'choice'; condition: Expression; yes: Expression; no: Expression | undefined }
  /** What a block writes, as a text. */
  | { kind: 'capture'; body: Statement[] }
  /** The block of a `call`, which the macro writes with `caller()`. */
  | { kind: 'caller'; parameters: Parameters; body: Statement[] };

export type Statement =
  | { kind: 'text'; text: string }
  | { kind: 'output'; value: Expression; at: number }
  | { kind: 'if'; condition: Expression; yes: Statement[]; no: Statement[] }
  | { kind: 'for'; names: string[]; list: Expression; body: Statement[]; otherwise: Statement[]; at: number }
  | { kind: 'set'; names: string[]; value: Expression }
  | { kind: 'macro'; name: string; parameters: Parameters; body: Statement[] }
  | {
      kind: 'switch';
      value: Expression;
      cases: { value: Expression; body: Statement[] }[];
      fallback: Statement[];
    }
  | { kind: 'block'; body: Statement[] };

export const NO_ARGUMENTS: Arguments = { positional: [], named: [] };
