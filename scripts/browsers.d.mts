export function getChromium(): string;
export function getFirefox(): string;
