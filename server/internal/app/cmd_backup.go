package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/backup"
)

// backupCommand are the verbs of backups. All but now and forget work beside a
// running server; for those two banso-admin asks it.
func (f *flags) backupCommand(with func(func(*cobra.Command, []string) error) func(*cobra.Command, []string) error, out io.Writer) *cobra.Command {
	cmd := &cobra.Command{Use: "backup", Short: "copies in other places: now, list, verify, restore, drill, key, forget"}
	ask := func(use, short string, max int, do func(*vault, context.Context, string) error) {
		cmd.AddCommand(f.onVault(with, out, use, short, max, do))
	}
	ask("now", "make a backup of a stopped server's data now", 0, (*vault).now)
	ask("list", "what the places hold", 0, (*vault).list)
	ask("verify [ID]", "read a backup again and compare (the newest, or all with ID all)", 1, (*vault).verify)
	ask("restore [ID]", "fill a data folder without a store from the newest backup, or from ID", 1, (*vault).restore)
	ask("drill [ID]", "restore into a scratch folder, prove every decision, compare, and say how long it took", 1, (*vault).drill)
	ask("forget PLACE", "let a place that held backups be empty", 1, (*vault).forget)
	cmd.AddCommand(&cobra.Command{Use: "key FILE", Short: "make an identity for encrypted backups; keep the file away from this machine", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return newIdentity(args[0], out) }})
	return cmd
}

// onVault is a command on the places of backups.
func (f *flags) onVault(with func(func(*cobra.Command, []string) error) func(*cobra.Command, []string) error, out io.Writer,
	use, short string, max int, do func(*vault, context.Context, string) error) *cobra.Command {
	var identity string
	var signers []string
	c := &cobra.Command{Use: use, Short: short, Args: cobra.MaximumNArgs(max),
		RunE: with(func(cmd *cobra.Command, args []string) error {
			v, err := f.vault(identity, signers, out)
			if err != nil {
				return err
			}
			return do(v, cmd.Context(), append(args, "")[0])
		})}
	c.Flags().StringVar(&identity, "identity", "", "file with the age identity that opens the backups")
	c.Flags().StringSliceVar(&signers, "signer", nil, "whose backups are trusted: fingerprints as banso keys prints them, or any (the keys in the data folder, if there are any)")
	return c
}

// vault is the places of backups as the settings name them.
type vault struct {
	cfg     Config
	with    []age.Identity
	trusted []string // fingerprints of signers; none: everybody
	out     io.Writer
}

func (f *flags) vault(identity string, signers []string, out io.Writer) (*vault, error) {
	v := &vault{out: out, trusted: signers, cfg: Config{Data: f.data, BackupTo: f.backupTo, BackupRecipients: f.recipients, Handful: true, LogLevel: "warn"}}
	if err := v.cfg.fill(); err != nil {
		return nil, usageError{err}
	}
	if len(v.cfg.places) == 0 {
		own, _, err := backup.Parse(backup.OwnFolder(f.data))
		if err != nil {
			return nil, err
		}
		v.cfg.places = append(v.cfg.places, own)
	}
	if err := v.trustKeys(); err != nil {
		return nil, err
	}
	own, err := ownKey(f.data, false)
	switch {
	case err == nil:
		v.with = append(v.with, own)
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	if identity == "" {
		return v, nil
	}
	file, err := os.Open(identity)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read from
	ids, err := age.ParseIdentities(file)
	if err != nil {
		return nil, fmt.Errorf("%s holds no age identity", identity)
	}
	v.with = append(v.with, ids...)
	return v, nil
}

// trustKeys trusts what the keys in the data folder have signed, unless
// somebody said whom to trust.
func (v *vault) trustKeys() error {
	if len(v.trusted) > 0 {
		return nil
	}
	ring, err := auth.LoadKeys(KeysPath(v.cfg.Data))
	if errors.Is(err, auth.ErrKeysMissing) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", KeysPath(v.cfg.Data), err)
	}
	for _, k := range ring.SealKeys() {
		v.trusted = append(v.trusted, backup.Fingerprint(k.Public))
	}
	return nil
}

// find is the newest backup, or the one with an id, of somebody who is trusted.
func (v *vault) find(ctx context.Context, id string) (backup.Target, backup.Manifest, error) {
	t, m, err := backup.Find(ctx, v.cfg.places, id)
	if err == nil {
		err = v.trust(m)
	}
	return t, m, err
}

func (v *vault) trust(m backup.Manifest) error {
	if err := m.SignedBy(v.trusted); err != nil {
		return fmt.Errorf("%w; if you know that key, name it with --signer; if a stranger may write to the place, choose an older backup by its ID", err)
	}
	return nil
}

func (v *vault) now(ctx context.Context, _ string) (err error) {
	if err := existing(v.cfg.Data); err != nil {
		return err
	}
	a, err := New(ctx, v.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	m, err := a.Backup(ctx)
	for _, place := range m.Places {
		fmt.Fprintf(v.out, "%s: %s, %d records up to commit %d, %d bytes, %d photos, checked\n", place, m.ID, m.Records, m.Commit, m.Snap.Bytes, m.Photos)
	}
	return err
}

func (v *vault) list(ctx context.Context, _ string) error {
	for _, p := range v.cfg.places {
		list, bad, err := backup.List(ctx, p)
		if err != nil {
			return err
		}
		for _, m := range list {
			fmt.Fprintf(v.out, "%s  %s  %d records  %d photos  %d bytes  encrypted %t  signed %s\n", m.ID, p.Label(), m.Records, m.Photos, m.Snap.Bytes, m.Sealed, signer(m))
		}
		for _, id := range bad {
			fmt.Fprintf(v.out, "%s  %s  CAN'T BE READ\n", id, p.Label())
		}
		if len(list)+len(bad) == 0 {
			fmt.Fprintf(v.out, "%s: no backup\n", p.Label())
		}
	}
	return nil
}

// signer is the fingerprint of who made a backup, as people note it.
func signer(m backup.Manifest) string {
	if m.Signer == "" {
		return "by nobody"
	}
	key, _ := hex.DecodeString(m.Signer) // a manifest that was read is well-formed
	return backup.Fingerprint(key)
}

func (v *vault) verify(ctx context.Context, id string) error {
	if id != "all" {
		t, m, err := v.find(ctx, id)
		if err != nil {
			return err
		}
		return v.verifyOne(ctx, t, m)
	}
	var bad error
	for _, p := range v.cfg.places {
		list, unread, err := backup.List(ctx, p)
		bad = errors.Join(bad, err)
		for _, m := range list {
			bad = errors.Join(bad, v.verifyOne(ctx, p, m))
		}
		for _, id := range unread {
			bad = errors.Join(bad, fmt.Errorf("%s: the manifest of %s can't be read", p.Label(), id))
		}
	}
	return bad
}

func (v *vault) verifyOne(ctx context.Context, t backup.Target, m backup.Manifest) error {
	if err := v.trust(m); err != nil {
		return err
	}
	if err := backup.Verify(ctx, t, m, v.with); err != nil {
		return fmt.Errorf("%s: %w", m.ID, err)
	}
	how := "opened and whole"
	if m.Sealed && len(v.with) == 0 {
		how = "has the bytes that were sent; not opened, for want of an identity"
	}
	fmt.Fprintf(v.out, "%s  %s  %s\n", m.ID, t.Label(), how)
	return nil
}

func (v *vault) restore(ctx context.Context, id string) error {
	t, m, err := v.find(ctx, id)
	if err != nil {
		return err
	}
	if err := markRestored(v.cfg.Data); err != nil {
		return err
	}
	r, err := backup.Restore(ctx, t, m, v.cfg.Data, v.with)
	if err != nil {
		return sentence(t.Label(), err)
	}
	fmt.Fprintf(v.out, "%s: %s from %s, %d records up to commit %d, %d photos, %d of them fetched\n", v.cfg.Data, m.ID, t.Label(), m.Records, m.Commit, r.Photos, r.New)
	fmt.Fprintf(v.out, "Signed by %s: the server that you know? (banso keys prints it; deploy/RUNBOOK.md)\n", signer(m))
	fmt.Fprintln(v.out, "Start the server: phones notice by themselves and send again what the backup lacks.")
	return lost(r.Lost)
}

func (v *vault) drill(ctx context.Context, id string) (err error) {
	t, m, err := v.find(ctx, id)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "banso-drill-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d, err := backup.Try(ctx, t, m, dir, v.with, prove, v.cfg.Now)
	if err != nil {
		return err
	}
	fmt.Fprintf(v.out, "%s from %s: %d records, %d decisions, fold %s as it was\n", d.ID, d.Place, d.Records, d.Decisions, d.Fold[:16])
	fmt.Fprintf(v.out, "fetched and checked in %v, decisions proved in %v, %d photos there, %d of them opened\n",
		d.Fetch.Round(time.Millisecond), d.Prove.Round(time.Millisecond), d.Photos, d.Sampled)
	return nil
}

func (v *vault) forget(ctx context.Context, label string) (err error) {
	a, err := New(ctx, v.cfg)
	if err != nil {
		return err
	}
	return errors.Join(a.backups.Forget(ctx, label), a.Close(ctx))
}

func newIdentity(path string, out io.Writer) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if err := writeSecret(path, fmt.Sprintf("# public key: %s\n%s\n", id.Recipient(), id)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s opens backups made with\n  --backup-recipients %s\nKeep the file away from this machine and never lose it.\n", path, id.Recipient())
	fmt.Fprintln(out, "Cất tệp này ở nơi khác máy chủ và giữ thật kỹ: mất tệp là không mở được bản sao lưu.")
	return nil
}
