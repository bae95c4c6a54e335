import { simulatedProvider } from "./provider.ts"

/** What a page means by `@orrery/provider-condor`, without a server. */
export const { layer, through } = simulatedProvider("condor")
