import { openLocalWorld } from '../../../../support/deploy/localWorld.ts';
import { conformsAsRouter } from '../../../../support/deploy/routerConformance.ts';

conformsAsRouter('the gateway, with agents that others run,', () => openLocalWorld('urls'));
conformsAsRouter('the gateway, with agent programs,', () => openLocalWorld('programs'));
