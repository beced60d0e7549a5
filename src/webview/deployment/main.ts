import '@vscode-elements/elements/dist/vscode-button/index.js';
import * as z from 'zod/mini';
import { vscodeHost } from '../shared/vscodeHost.ts';
import { DeploymentApp } from './deploymentApp.ts';

// The page's content security policy forbids making code from text; zod would try it.
z.config({ jitless: true });

customElements.define('touchstone-deployment', DeploymentApp);

const host = vscodeHost();
if (host) document.querySelector<DeploymentApp>('touchstone-deployment')?.start(host);
