import { Schema } from "effect"
import { DurationMs } from "./Duration.ts"
import { inFile } from "./inFile.ts"
import { LabelKey, LabelValue } from "./Labels.ts"

/** What a taint does to a pod that does not tolerate it. */
export const TaintEffect = Schema.Literals(["NoSchedule", "PreferNoSchedule", "NoExecute"])
export type TaintEffect = typeof TaintEffect.Type

/** A mark on a node that keeps pods away unless they tolerate it. */
export const Taint = Schema.Struct({
  key: LabelKey,
  value: Schema.optionalKey(LabelValue),
  effect: TaintEffect
})
export type Taint = typeof Taint.Type

/** What a pod accepts. No key with `Exists` tolerates everything; no effect means every effect. */
export const Toleration = Schema.Struct({
  key: Schema.optionalKey(LabelKey),
  operator: Schema.optionalKey(Schema.Literals(["Equal", "Exists"])),
  value: Schema.optionalKey(LabelValue),
  effect: Schema.optionalKey(TaintEffect),
  tolerationMs: Schema.optionalKey(inFile("toleration", DurationMs))
})
export type Toleration = typeof Toleration.Type

/** Whether one toleration covers one taint, by Kubernetes' rule. */
export const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (toleration.effect === undefined || toleration.effect === taint.effect) &&
  (toleration.key === undefined ? toleration.operator === "Exists" : toleration.key === taint.key) &&
  (toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? ""))
