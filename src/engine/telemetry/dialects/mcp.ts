import { GEN_AI } from '../attributes.ts';
import type { Dialect } from './dialect.ts';

/** Spans of the Model Context Protocol. A call of a tool is one on both sides; everything else is plumbing. */
export const mcp: Dialect = {
  convention: 'MCP',
  prefixes: ['mcp.'],

  read(fields) {
    const method = fields.text('mcp.method.name');
    const name = fields.text(GEN_AI.toolName, 'mcp.tool.name');
    const isCall = method === 'tools/call';
    const facts = {
      role: method === null ? null : isCall ? ('tool' as const) : ('other' as const),
      title: isCall ? name : method,
      ...(isCall ? { tool: { name } } : {}),
    };

    fields.under('mcp.');
    return facts;
  },
};
