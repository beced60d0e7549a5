import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe } from 'mocha';
import * as vscode from 'vscode';
import { withEnvironment } from '../../src/ui/services/debugEnvironment.ts';
import { activated } from './support/activated.ts';
import { itTrusted, itUntrusted } from './support/trust.ts';

const NONE = (): undefined => undefined;

describe('receiving traces', () => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const set = (id: string, value: unknown) =>
    vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);
  after(async () => {
    const { services } = await activated();
    if (vscode.workspace.isTrusted) await services.receiver.end();
  });

  itTrusted('starts when it is asked to, and tells programs where to send them', async () => {
    const { services } = await activated();
    const { receiver, environment } = services;
    assert.deepEqual(environment.variables(NONE), {});
    await receiver.start(0);
    const { endpoint } = receiver.receiving ?? assert.fail(JSON.stringify(receiver.state));
    assert.equal(environment.variables(NONE)['OTEL_EXPORTER_OTLP_ENDPOINT'], endpoint);

    await vscode.commands.executeCommand('touchstone.traces.copyEndpoint');
    assert.equal(await vscode.env.clipboard.readText(), endpoint);
  });

  itTrusted('leaves an endpoint of the person alone, unless a setting says otherwise', async () => {
    const { environment } = (await activated()).services;
    const own = (name: string) =>
      name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? 'http://collector:4318' : undefined;
    const off = (name: string) => (name === 'OTEL_SDK_DISABLED' ? 'true' : undefined);
    assert.deepEqual([environment.variables(own), environment.variables(off)], [{}, {}]);

    await set('touchstone.traces.environment', 'always');
    assert.ok(environment.variables(own)['OTEL_EXPORTER_OTLP_ENDPOINT']);
    await set('touchstone.traces.environment', 'off');
    assert.deepEqual(environment.variables(NONE), {});
    await set('touchstone.traces.environment', undefined);
  });

  itTrusted('gives the variables to programs that are debugged, beneath their own', async () => {
    const { environment, receiver } = (await activated()).services;
    const launch = { type: 'node', name: 'agent', request: 'launch', env: { MODE: 'test' } };
    const started = await withEnvironment(folder, launch, environment);
    assert.equal(started['env'].MODE, 'test');
    assert.equal(started['env'].OTEL_EXPORTER_OTLP_ENDPOINT, receiver.receiving?.endpoint);

    const own = { ...launch, env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' } };
    assert.deepEqual((await withEnvironment(folder, own, environment))['env'], own.env);
    const attached = { ...launch, request: 'attach' };
    assert.deepEqual(await withEnvironment(folder, attached, environment), attached);

    const file = path.join(folder?.uri.fsPath ?? '', 'agent.env');
    writeFileSync(file, '# where it goes\nexport OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318\n');
    const byFile = { ...launch, envFile: file };
    assert.deepEqual((await withEnvironment(folder, byFile, environment))['env'], launch.env);
  });

  itTrusted('stops for all, and takes the variables back', async () => {
    const { environment, receiver } = (await activated()).services;
    await vscode.commands.executeCommand('touchstone.traces.stop');
    assert.equal(receiver.receiving, undefined);
    assert.deepEqual(environment.variables(NONE), {});
  });

  itUntrusted('does not start, whoever asks', async () => {
    const { receiver, environment } = (await activated()).services;
    receiver.need();
    await assert.rejects(receiver.start(0), /receiving traces needs a trusted workspace/);
    assert.deepEqual([receiver.isOfInterest, environment.variables(NONE)], [false, {}]);
  });
});
