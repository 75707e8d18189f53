// Reading JSON text where it lies, as bytes (conversation.js says why that is possible).
//
// Made when it is called for: see route.js.

function makeJson() {
    const QUOTE = 34;
    const COMMA = 44;
    const COLON = 58;
    const BACKSLASH = 92;
    // More quotes inside one string are not counted: JSON within JSON could have thousands.
    const QUOTES = 64;
    // Samples that stand for a longer text: of its beginning and end, and of its middle.
    const EDGE = 66;
    const MIDDLE = 48;

    // Where the value of `name` begins, from `from` on; -1 without one.
    function value(text, name, from) {
        let at = text.indexOf(name, from);
        while (at >= 0) {
            const colon = next(text, at + name.length);
            if (text[colon] === COLON) {
                return next(text, colon + 1);
            }
            at = text.indexOf(name, colon);
        }
        return -1;
    }

    // The next byte that is neither white space nor a comma.
    function next(text, from) {
        let at = from;
        while (text[at] <= 32 || text[at] === COMMA) {
            at++;
        }
        return at;
    }

    // Where the string ends that begins at `from`; -1 when it is cut off or holds too many quotes.
    function stringEnd(text, from) {
        let at = text.indexOf('"', from);
        for (let quotes = 0; at >= 0 && quotes < QUOTES; quotes++) {
            let before = at - 1;
            while (text[before] === BACKSLASH) {
                before--;
            }
            if ((at - before) % 2) {
                return at;
            }
            at = text.indexOf('"', at + 1);
        }
        return -1;
    }

    // Stands for the bytes from `from` to `to`: their number and three samples, or all of a short text. Two texts that
    // have it in common are taken for the same; all it costs is a placement.
    function sample(text, from, to) {
        const length = to - from;
        if (length <= 2 * EDGE + MIDDLE) {
            return text.toString('base64', from, to);
        }
        const middle = from + (length >> 1);
        return length + text.toString('base64', from, from + EDGE)
            + text.toString('base64', middle, middle + MIDDLE) + text.toString('base64', to - EDGE, to);
    }

    return {QUOTE, value, next, stringEnd, sample};
}

export default makeJson;
