import { memoryLedger } from '../../../../src/engine/resilience/budget/memoryLedger.ts';
import { describeLedger } from '../../../support/budgetLedgers.ts';

describeLedger('in memory', () => ({ ledger: memoryLedger(), close: () => {} }));
