import type { Problem } from "@orrery/core"

/** One thing wrong, where, and what to do about it. */
export const complaint = (path: string, message: string, remedy: string): Problem => ({ path, message, remedy })
