import { byLoss } from "./fgd.ts"
import type { MakeGpuPolicy } from "./GpuPolicy.ts"
export const orrery: MakeGpuPolicy = (view) => byLoss(view, (before, after) => Math.round((before - after) * 1))
