import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { objectsIn, textIn } from './bodyJson.ts';
import { itemsOf, type ToolApi } from './conversation.ts';

/** What a request of a model says, as far as a shadow has to know it. */
export interface ToolRequest {
  api: ToolApi;
  items: readonly JsonValue[];
  /** The response that the provider keeps, and that this request goes on with. */
  previousResponseId: string | null;
  /** The model has to call a tool: its call may be the answer. */
  isToolForced: boolean;
  /** Asking it twice may change something outside. */
  isUnsafe: boolean;
}

export function readToolRequest(api: ToolApi, body: JsonObject): ToolRequest {
  const previous = body['previous_response_id'];
  return {
    api,
    items: itemsOf(api, body),
    previousResponseId: typeof previous === 'string' ? previous : null,
    isToolForced: isForced(body['tool_choice']),
    isUnsafe: isUnsafe(body),
  };
}

function isForced(choice: JsonValue | undefined): boolean {
  if (!isJsonObject(choice)) return choice === 'required' || choice === 'any';
  return choice['type'] === 'allowed_tools'
    ? choice['mode'] === 'required'
    : !['auto', 'none'].includes(textIn(choice['type']));
}

/**
 * The provider itself calls servers, or adds the answer to a conversation or a container that it keeps for the client. Other tools
 * are called by the client, and searches change nothing.
 */
function isUnsafe(body: JsonObject): boolean {
  const isKept = ['conversation', 'container'].some((key) => body[key] != null);
  const servers = body['mcp_servers'];
  const tools = objectsIn(body['tools']);
  return (
    isKept ||
    (Array.isArray(servers) && servers.length > 0) ||
    tools.some((tool) => textIn(tool['type']).startsWith('mcp'))
  );
}
