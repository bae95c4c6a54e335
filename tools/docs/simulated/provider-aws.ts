import { simulatedProvider } from "./provider.ts"

/** What a page means by `@orrery/provider-aws`, without a server. */
export const { layer, through } = simulatedProvider("aws")
