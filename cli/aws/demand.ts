/** Reads off an execution's input the names of its transfers, and the places of its results. */
import { examineRequest } from '../../src/context/examine';
import type { DemandState } from '../../src/machines/states';
import { UNRESTRICTED } from '../../src/rules/model';

export interface DemandOfExecution {
  readonly outputs: readonly { readonly name: string; readonly remote: string }[];
  readonly itemName: (map: string, index: number) => string;
}

/** Returns no names and places for an input that is not a demand. An execution can be started with any input. */
export function readDemand(input: string | undefined): DemandOfExecution {
  const { inputs, outputs } = transfersOf(input);
  const names: Readonly<Record<string, readonly { readonly name: string }[]>> = {
    StageInputs: inputs,
    StoreOutputs: outputs,
  } satisfies Partial<Record<DemandState, unknown>>;
  return {
    outputs: outputs.map(({ name, remote }) => ({ name, remote })),
    itemName: (map, index) => names[map]?.[index]?.name ?? String(index),
  };
}

function transfersOf(input: string | undefined) {
  const layoutSettings = { envBase: '', region: '', allowFileRemotes: true, rules: UNRESTRICTED };
  try {
    const { layout } = examineRequest(JSON.parse(input ?? ''), layoutSettings);
    return layout?.parameters ?? { inputs: [], outputs: [] };
  } catch {
    return { inputs: [], outputs: [] };
  }
}
