/**
 * The simulated backend alone, for programs that start often: nothing of the exact schedulers or the experiments is loaded.
 *
 * @module
 */
export * from "./provider/catalogue.ts"
export * from "./provider/FaultPlan.ts"
export * from "./provider/inRealTime.ts"
export * from "./provider/module.ts"
export * from "./provider/Profile.ts"
export * from "./provider/profiles.ts"
export * from "./provider/SimulatedTime.ts"
export * from "./provider/simulated.ts"
export * from "./time/runVirtual.ts"
export * from "./time/VirtualTime.ts"
