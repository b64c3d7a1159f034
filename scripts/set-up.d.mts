export const ROOT: string;
export function setUp(): void;
export function requireNode(version: string): void;
export function isInstalled(root?: string): boolean;
export function runAsProgram(url: string, main: () => unknown): Promise<void>;
