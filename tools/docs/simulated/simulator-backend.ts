import { notedLayer } from "./provider.ts"

/** The simulated backend itself, with its calls noted. */
export * from "@orrery/simulator/backend"
export { notedLayer as layer }
