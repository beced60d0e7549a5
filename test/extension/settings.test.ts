import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Settings } from '../../src/ui/settings/settings.ts';
import { itTrusted, trusted } from './support/trust.ts';

describe('settings', () => {
  const settings = new Settings();
  const set = (id: string, value: unknown) =>
    vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Workspace);

  afterEach(async () => {
    for (const id of ['touchstone.model', 'touchstone.allowScripts', 'touchstone.config'])
      await set(id, undefined);
  });

  it('have defaults that change nothing', () => {
    assert.deepEqual([settings.config, settings.model, settings.allowScripts], [undefined, undefined, false]);
  });

  it('of a workspace count only when it is trusted', async () => {
    await set('touchstone.model', ' openai/gpt-5-mini ');
    await set('touchstone.allowScripts', true);
    assert.deepEqual(
      [settings.model, settings.allowScripts],
      trusted ? ['openai/gpt-5-mini', true] : [undefined, false],
    );
  });

  itTrusted('name the configuration with slashes, however they are written', async () => {
    await set('touchstone.config', 'sub\\touchstone.yaml');
    assert.equal(settings.config, 'sub/touchstone.yaml');
  });

  it('of a wrong type are as good as none', async () => {
    await set('touchstone.allowScripts', 'yes');
    await set('touchstone.model', 5);
    assert.deepEqual([settings.allowScripts, settings.model], [false, undefined]);
  });

  itTrusted('tell of their changes', async () => {
    const heard = new Promise<void>((resolve) => {
      const listener = settings.onDidChange('touchstone.model', () => {
        listener.dispose();
        resolve();
      });
    });
    await settings.setModel('a/b');
    await heard;
    assert.equal(settings.model, 'a/b');
  });
});
