import { createServer } from 'node:http';

/**
 * Stands in for two models of an OpenAI-compatible server, so that the live agent needs no key: `writer-1` says the facts that it is given;
 * `writer-2` is slow, and evades most questions. A token is a word or a sign here.
 */
export function openWriters(random) {
  const server = createServer(async (request, response) => {
    const asked = JSON.parse(await bodyOf(request));
    const { facts } = JSON.parse(asked.messages.at(-1).content);
    const isGood = asked.model === 'writer-1';
    await pause(isGood ? 60 + random() * 180 : 500 + random() * 1500);
    const text = isGood || random() < 0.25 ? facts : EVASIONS[Math.floor(random() * EVASIONS.length)];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        model: asked.model,
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: tokens(asked.messages.map(({ content }) => content).join('\n')),
          completion_tokens: tokens(text),
        },
      }),
    );
  });
  return server;
}

const EVASIONS = [
  'Please check our website for details.',
  'I am not sure about that. You may find the answer on our website.',
  'Thank you for your message! Our website has all the information.',
];

function tokens(text) {
  return text.match(/\p{L}+|\p{N}+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
