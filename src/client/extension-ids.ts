/** Ids under which Grantkeeper is known to Chrome; a port is offered to each in turn (Z25). */

/** The development build's id, from the `key` in manifest.json. The stores' ids join it once they are known. */
export const EXTENSION_IDS: readonly string[] = ['cjophohaflpeoakoenaefbejjimbhomo'];
