// Command interop lets the Go implementations of C2SP's notes and of RFC 6962's trees judge ours, and ours judge theirs. It reads
// one request from standard input and writes one answer: what it makes of our checkpoints and proofs, and its own over the same
// leaves. test/interop/interop.test.ts runs it.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Size  int64       `json:"size"`
	Index int64       `json:"index"`
	Path  []tlog.Hash `json:"path"`
}

type consistency struct {
	Old   int64       `json:"old"`
	Size  int64       `json:"size"`
	Proof []tlog.Hash `json:"proof"`
}

type request struct {
	LogKey      string        `json:"logKey"`
	WitnessKey  string        `json:"witnessKey"`
	Leaves      []string      `json:"leaves"`
	Checkpoints []string      `json:"checkpoints"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

type answer struct {
	// What was wrong with each of ours, in their order; empty is right.
	Checkpoints []string `json:"checkpoints"`
	Inclusion   []string `json:"inclusion"`
	Consistency []string `json:"consistency"`
	Theirs      request  `json:"theirs"`
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	reader, err := treeOf(asked.Leaves)
	if err != nil {
		fail(err)
	}
	known, err := verifiers(asked.LogKey, asked.WitnessKey)
	if err != nil {
		fail(err)
	}
	var told answer
	for _, text := range asked.Checkpoints {
		told.Checkpoints = append(told.Checkpoints, says(checkpoint(text, known, reader)))
	}
	for _, proof := range asked.Inclusion {
		told.Inclusion = append(told.Inclusion, says(included(proof, asked.Leaves, reader)))
	}
	for _, proof := range asked.Consistency {
		told.Consistency = append(told.Consistency, says(consistent(proof, reader)))
	}
	if told.Theirs, err = theirs(asked.Leaves, reader); err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		fail(err)
	}
}

func treeOf(leaves []string) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			hashes[at] = stored[index]
		}
		return hashes, nil
	})
	for index, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(index), []byte(leaf), reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	return reader, nil
}

func verifiers(logKey, witnessKey string) (note.Verifiers, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return nil, err
	}
	witness, err := cosign.NewVerifierForCosignatureV1(witnessKey)
	if err != nil {
		return nil, err
	}
	return note.VerifierList(log, witness), nil
}

// A checkpoint must be signed by the log and by the witness, and name the root of that size.
func checkpoint(text string, known note.Verifiers, reader tlog.HashReader) error {
	opened, err := note.Open([]byte(text), known)
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 2 {
		return fmt.Errorf("%d signatures, not 2", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != opened.Sigs[0].Name || lines[3] != "" {
		return fmt.Errorf("not origin, size and root: %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		return err
	}
	if said, err := tlog.ParseHash(lines[2]); err != nil || said != root {
		return fmt.Errorf("root %s, not %s", lines[2], root)
	}
	return nil
}

func included(proof inclusion, leaves []string, reader tlog.HashReader) error {
	root, err := tlog.TreeHash(proof.Size, reader)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash([]byte(leaves[proof.Index]))
	return tlog.CheckRecord(proof.Path, proof.Size, root, proof.Index, leaf)
}

func consistent(proof consistency, reader tlog.HashReader) error {
	old, err := tlog.TreeHash(proof.Old, reader)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(proof.Size, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof.Proof, proof.Size, root, proof.Old, old)
}

// The same things, made here under keys of its own.
func theirs(leaves []string, reader tlog.HashReader) (request, error) {
	made := request{Leaves: leaves}
	logSecret, logKey, err := note.GenerateKey(zeros{}, "go.example/log")
	if err != nil {
		return made, err
	}
	witnessSecret, witnessKey, err := note.GenerateKey(ones{}, "go.example/witness")
	if err != nil {
		return made, err
	}
	made.LogKey = logKey
	if made.WitnessKey, err = cosign.VKeyToCosignatureV1(witnessKey); err != nil {
		return made, err
	}
	log, err := note.NewSigner(logSecret)
	if err != nil {
		return made, err
	}
	witness, err := cosign.NewSignerForCosignatureV1(witnessSecret)
	if err != nil {
		return made, err
	}
	for size := int64(1); size <= int64(len(leaves)); size++ {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return made, err
		}
		text := fmt.Sprintf("%s\n%d\n%s\n", log.Name(), size, base64.StdEncoding.EncodeToString(root[:]))
		signed, err := note.Sign(&note.Note{Text: text}, log, witness)
		if err != nil {
			return made, err
		}
		made.Checkpoints = append(made.Checkpoints, string(signed))
		for index := int64(0); index < size; index++ {
			path, err := tlog.ProveRecord(size, index, reader)
			if err != nil {
				return made, err
			}
			made.Inclusion = append(made.Inclusion, inclusion{size, index, path})
			proof, err := tlog.ProveTree(size, index+1, reader)
			if err != nil {
				return made, err
			}
			made.Consistency = append(made.Consistency, consistency{index + 1, size, proof})
		}
	}
	return made, nil
}

// Keys that need no secrecy, and are the same in every run.
type zeros struct{}

func (zeros) Read(to []byte) (int, error) { clear(to); return len(to), nil }

type ones struct{}

func (ones) Read(to []byte) (int, error) { return copy(to, bytes.Repeat([]byte{1}, len(to))), nil }

func says(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
