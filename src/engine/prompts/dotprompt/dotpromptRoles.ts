import { PromptError } from '../../errors.ts';
import type { Role } from '../../model/message.ts';
import type { MessageTemplate } from '../../model/prompt.ts';
import { findRole } from '../fields/role.ts';
import { isBlock, isMustache, isPath, parseHandlebars } from '../handlebars/handlebarsTemplate.ts';
import type { PromptSource, Span } from '../promptSource.ts';
import { TemplateFault } from '../template/templateUse.ts';

/**
 * Splits a body at its `{{role "…"}}` marks, those within blocks too; `first` speaks before them. Stretches
 * of white space are left out. Throws PromptError for an unknown role or a malformed template.
 */
export function splitHandlebarsRoles(source: PromptSource, body: Span, first: Role): MessageTemplate[] {
  const messages: MessageTemplate[] = [];
  let role = first;
  let start = body.start;

  const add = (end: number) => {
    const span = source.trimAll({ start, end });
    if (span.end > span.start) messages.push(source.message(role, span));
  };

  for (const mark of findMarks(source, body)) {
    const next = findRole(mark.name);
    if (next === undefined) {
      const remedy = 'Use system, user, model or tool.';
      throw new PromptError(`'${mark.name}' is not a role`, { where: source.location(mark.start), remedy });
    }
    add(mark.start);
    role = next;
    start = mark.end;
  }

  add(body.end);
  return messages;
}

function findMarks(source: PromptSource, body: Span): (Span & { name: string })[] {
  const { program, offsetOf } = parse(source, body);
  const marks: (Span & { name: string })[] = [];

  const visit = (statements: readonly hbs.AST.Statement[]) => {
    for (const statement of statements) {
      if (isBlock(statement)) visit([...(statement.program?.body ?? []), ...(statement.inverse?.body ?? [])]);
      if (!isMustache(statement) || !isPath(statement.path) || statement.path.original !== 'role') continue;
      const [name] = statement.params;
      // A role that a variable names is decided when the template is filled in.
      if (!name || !isText(name)) continue;
      const start = body.start + offsetOf(statement.loc.start);
      marks.push({ start, end: body.start + offsetOf(statement.loc.end), name: name.value });
    }
  };

  visit(program.body);
  return marks;
}

function parse(source: PromptSource, body: Span): ReturnType<typeof parseHandlebars> {
  try {
    return parseHandlebars(source.text.slice(body.start, body.end));
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    throw new PromptError(error.message, { where: source.location(body.start + error.offset) });
  }
}

function isText(node: hbs.AST.Node): node is hbs.AST.StringLiteral {
  return node.type === 'StringLiteral';
}
