/** Exit code of every command that was asked wrongly, or given a setting that can not be used. The others are each command's own. */
export const exitUsage = 2;
