import type { ProviderConfig } from '../../models/modelProvider.ts';
import { maxTokensField } from '../../models/openai/chatAnswer.ts';
import { Releases } from '../../releases/releases.ts';
import type { ApplyRelease } from '../exchange/upstreamRequest.ts';
import { applyRelease } from './applyRelease.ts';

/** Applies the releases of a workspace, each read once. Throws UserError for one that cannot be used, RequestRefusal for a request. */
export function releaseApplier(
  root: string,
  providers: { readonly [name: string]: ProviderConfig },
): ApplyRelease {
  const releases = new Releases(root);
  return (name, { api, body }) => {
    const release = releases.read(name);
    const provider = release.model.slice(0, release.model.indexOf('/'));
    const baseUrl = Object.hasOwn(providers, provider) ? providers[provider]?.baseUrl : undefined;
    return applyRelease(
      release,
      api,
      body,
      baseUrl === undefined || !URL.canParse(baseUrl) ? {} : { maxTokensField: maxTokensField(baseUrl) },
    );
  };
}
