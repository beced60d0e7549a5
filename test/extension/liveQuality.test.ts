import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../support/vscode/eventually.ts';
import { activated } from './support/activated.ts';
import { itTrusted, itUntrusted } from './support/trust.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const CONFIG = `# Kept.
suites:
  orders:
    dataset: live.golden.yaml
    targets: [ { echo: true } ]
    evaluators: [ is-json, concepts ]
    gate: { min_pass_rate: 1 } # kept too
alerts:
  failing: { when: error rate > 5% }
  slow: { when: p95 latency > 8s, by: model }
`;
const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: hello }\n';

describe('live quality', () => {
  let restore: () => void;
  before(async () => {
    restore = writeWorkspace({ 'touchstone.yaml': CONFIG, 'live.golden.yaml': DATASET });
    await (await activated()).engine.restart();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore();
    await (await activated()).engine.restart();
  });

  const written = () => readFileSync(path.join(workspaceRoot(), 'touchstone.yaml'), 'utf8');

  itTrusted('adds a monitor to touchstone.yaml, which opens at it', async () => {
    const adding = Promise.resolve(vscode.commands.executeCommand('touchstone.addMonitor'));
    let isDone = false;
    void adding.finally(() => {
      isDone = true;
    });
    // Each question is answered with what it proposes.
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.ok(isDone);
    });
    assert.equal(
      written(),
      `${CONFIG}\nmonitors:\n  orders:\n    match: { kind: agent }\n    evaluators:\n      - is-json\n`,
    );
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.lineAt(editor.selection.active.line).text, '  orders:');
  });

  itUntrusted('writes nothing where the workspace is not trusted', async () => {
    // It ends once the person has read why.
    void vscode.commands.executeCommand('touchstone.addMonitor');
    await (await activated()).engine.call('workspace/list', {});
    assert.equal(written(), CONFIG);
  });

  it('opens one Monitor', async () => {
    const monitors = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) =>
        tabs.filter(
          ({ input }) =>
            input instanceof vscode.TabInputWebview && /touchstone\.monitor$/.test(input.viewType),
        ),
      );
    await vscode.commands.executeCommand('touchstone.openMonitor');
    await eventually(() => assert.equal(monitors().length, 1));
    await vscode.commands.executeCommand('touchstone.openMonitor');
    assert.equal(monitors().length, 1);
  });
});
