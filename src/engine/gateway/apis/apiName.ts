/** What a request asks for; `agent` is any HTTP agent, of whose bodies nothing is known. */
export type ApiName = 'chat' | 'responses' | 'embeddings' | 'messages' | 'models' | 'agent';
