import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { KeyRing } from '../../src/ui/secrets/keyRing.ts';

const HOME = { provider: 'openai', origin: 'https://api.openai.com', variable: 'OPENAI_API_KEY' };
const ELSEWHERE = { ...HOME, origin: 'https://keys.example' };

describe('key ring', () => {
  it('gives a stored key to its own origin without a question', async () => {
    const { keys, asked } = keyRing();
    await keys.store(HOME, 'sk-1');
    assert.equal(await keys.get(HOME), 'sk-1');
    assert.deepEqual(asked, []);
  });

  it('gives nothing to another origin without the person’s word, and asks again after a no', async () => {
    const { keys, asked, answer } = keyRing({ OPENAI_API_KEY: 'sk-env' });
    await keys.store(HOME, 'sk-1');
    assert.equal(await keys.get(ELSEWHERE), null);
    assert.deepEqual(asked, [
      'key:openai@https://api.openai.com → https://keys.example',
      'env:OPENAI_API_KEY → https://keys.example',
    ]);
    answer.allow = true;
    assert.equal(await keys.get(ELSEWHERE), 'sk-1');
  });

  it('asks once for many calls, and remembers a yes', async () => {
    const { keys, asked, answer } = keyRing({ MY_KEY: 'mine' });
    answer.allow = true;
    const wanted = { provider: 'mine', origin: 'https://models.example', variable: 'MY_KEY' };
    const values = await Promise.all(Array.from({ length: 20 }, () => keys.get(wanted)));
    assert.deepEqual(new Set(values), new Set(['mine']));
    assert.equal(await keys.get(wanted), 'mine');
    assert.equal(asked.length, 1);
  });

  it('sends OPENAI_API_KEY to OpenAI without a question, and nowhere else', async () => {
    const { keys, asked } = keyRing({ OPENAI_API_KEY: 'sk-env' });
    assert.equal(await keys.get(HOME), 'sk-env');
    assert.equal(await keys.get(ELSEWHERE), null);
    assert.equal(await keys.get({ ...HOME, origin: 'http://api.openai.com' }), null);
    assert.equal(asked.length, 2);
  });

  it('does not give the key of one provider to another of the same workspace', async () => {
    const { keys } = keyRing();
    await keys.store(HOME, 'sk-1');
    assert.equal(await keys.get({ ...HOME, provider: 'other' }), null);
  });

  it('forgets a key with every leave that was given for it', async () => {
    const { keys, asked, answer } = keyRing();
    answer.allow = true;
    await keys.store(HOME, 'sk-1');
    await keys.get(ELSEWHERE);
    await keys.remove(HOME);
    assert.deepEqual([await keys.get(HOME), keys.entries()], [null, []]);
    await keys.store(HOME, 'sk-2');
    await keys.get(ELSEWHERE);
    assert.equal(asked.length, 2);
  });
});

function keyRing(environment: { [name: string]: string } = {}) {
  const asked: string[] = [];
  const answer = { allow: false };
  const keys = new KeyRing({
    secrets: memorySecrets(),
    memory: memoryMemento(),
    environment,
    ask: async (what, { origin }) => {
      asked.push(`${what} → ${origin}`);
      return answer.allow;
    },
  });
  return { keys, asked, answer };
}

function memorySecrets(): vscode.SecretStorage {
  const values = new Map<string, string>();
  return {
    get: async (name) => values.get(name),
    store: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
    keys: async () => [...values.keys()],
    onDidChange: new vscode.EventEmitter<vscode.SecretStorageChangeEvent>().event,
  } as vscode.SecretStorage;
}

function memoryMemento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (name: string, fallback?: unknown) => values.get(name) ?? fallback,
    update: async (name: string, value: unknown) => void values.set(name, value),
  } as vscode.Memento;
}
