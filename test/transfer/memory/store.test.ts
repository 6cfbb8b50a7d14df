import { describeStore } from '../store-contract';
import { MEMORY } from './scheme';
import { MemoryStore } from './store';

describeStore('a store in memory', async () => ({
  store: new MemoryStore(),
  base: { scheme: MEMORY, authority: 'one', path: 'base' },
}));
