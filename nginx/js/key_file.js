// A file of keys, `tenant:sha256:DIGEST` a line, that counts as it is now, without a reload.
//
// Made when it is called for, with the module it needs: see routing/route.js.

function makeKeyFile(file, known) {
    const fs = require('fs');
    const CHANGED = '#changed';
    const END = '# end';

    // Whose digest it is, "" for nobody's. `known` is the table in shared memory, where there is one.
    function name(digest) {
        const found = known ? renewed() && known.get(digest) : entries()[digest];
        return found || '';
    }

    // The whole table; null while the file is being rewritten.
    function entries() {
        const lines = fs.readFileSync(file, 'utf8').split('\n');
        const end = lines.indexOf(END);
        if (end < 0) {
            return null;
        }
        const found = {};
        lines.slice(0, end).forEach((line) => {
            const parts = line.split(':');
            found[parts[2]] = parts[0];
        });
        return found;
    }

    // Whether the table was read anew. New keys come in before old ones go: no valid key is ever without an answer.
    function renewed() {
        const stat = fs.statSync(file);
        const changed = `${stat.mtimeMs}:${stat.size}`;
        if (known.get(CHANGED) === changed) {
            return false;
        }
        const found = entries();
        if (!found) {
            return false;
        }
        Object.keys(found).forEach((digest) => known.set(digest, found[digest]));
        known.keys(known.size()).filter((digest) => digest !== CHANGED && !(digest in found))
            .forEach((digest) => known.delete(digest));
        known.set(CHANGED, changed);
        return true;
    }

    return {name, renewed};
}

export default makeKeyFile;
