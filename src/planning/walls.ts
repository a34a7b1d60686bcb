export interface WallsOptions {}
export function rankWalls(): void {}
