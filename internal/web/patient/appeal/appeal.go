// Package appeal is the road for somebody whose plan has said no: the letter and
// what it says, what to do first and by which day, the papers for the appeal, what
// was sent, and what the plan answered.
package appeal

import (
	"bufio"
	"embed"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

//go:embed text.*.json
var words embed.FS

// Step is the road and its pages.
var Step = web.Step{ID: "appeal", Words: words, Call: call, Pages: []web.Page{
	{ID: "appeal", Show: show, Save: save, Raw: true},
	{ID: "appeal.denial", Item: "{id}", Show: showDenial, Save: saveDenial},
	{ID: "appeal.picture", Item: "{sha}", Show: showPicture},
	{ID: "appeal.answer", Item: "{id}", Show: showAnswer, Save: saveMoves},
	{ID: "appeal.packet", Item: "{id}", Show: showPacket, Save: savePacket},
	{ID: "appeal.letter", Item: "{id}/{which}", Show: showLetter},
	{ID: "appeal.packet_pdf", Item: "{id}", Show: showPacketPDF},
	{ID: "appeal.send", Item: "{id}", Show: showSend, Save: saveSend},
	{ID: "appeal.sent", Item: "{id}", Show: showSent},
	{ID: "appeal.sent_pdf", Item: "{id}", Show: showSentPDF},
	{ID: "appeal.reply", Item: "{id}", Show: showReply, Save: saveReply},
}}

// What the page shows: every letter of refusal, each with its one next date; with
// none, a calm way to begin: with a picture of the letter, or by typing.

type listView struct {
	Denials []listed
	Papers  []records.File // files of the case that may be a letter
	Since   string         // what is stored from now on is the letter
}

// listed is one denial as the list shows it.
type listed struct {
	appeal.Denial
	Standing standing
	Packets  []appeal.Packet
}

func list(v *web.Visit) (listView, error) {
	l := listView{Since: strconv.FormatInt(v.House.Now().UnixMilli(), 10)}
	all, err := casefile.ReadAll[appeal.Denial](v.Case, appeal.Kind)
	if err != nil {
		return l, err
	}
	for _, d := range all {
		stands, err := stand(v, d)
		if err != nil {
			return l, err
		}
		packets, err := packetsOf(v.Case, d.ID)
		if err != nil {
			return l, err
		}
		l.Denials = append(l.Denials, listed{d, stands, packets})
	}
	slices.SortStableFunc(l.Denials, func(a, b listed) int {
		return strings.Compare(a.Standing.order(), b.Standing.order())
	})
	files, err := records.Files(v.Case)
	for _, f := range files {
		if mayBeLetter(f) {
			l.Papers = append(l.Papers, f)
		}
	}
	return l, err
}

// mayBeLetter tells whether a file can be a letter that somebody photographed or
// got as a file. What has not been read yet may be one.
func mayBeLetter(f records.File) bool {
	return !f.Read || f.Piece.Kind == clinical.FilePDF || f.Piece.Kind == clinical.FileImage
}

// packetsOf are the packets that were sent for a denial, the newest first.
func packetsOf(c *casefile.Case, denial string) ([]appeal.Packet, error) {
	all, err := casefile.ReadAll[appeal.Packet](c, appeal.PacketKind)
	all = slices.DeleteFunc(all, func(p appeal.Packet) bool { return p.Denial != denial })
	slices.SortStableFunc(all, func(a, b appeal.Packet) int { return strings.Compare(b.On, a.On) })
	return all, err
}

// The handlers.

func show(v *web.Visit) error {
	l, err := list(v)
	if err != nil {
		return err
	}
	v.Scripts("upload.js")
	return v.Render(v.Say.T("appeal.title"), listPage(v, ui.NewForm(v.Say, nil), l))
}

// save takes the pages of a letter as a form without script brings them, and goes on
// to what stands in it.
func save(v *web.Visit) error {
	papers, err := take(v)
	if err == nil && len(papers) == 0 {
		err = fault.New(fault.Invalid, "form.file").On("files")
	}
	if err != nil {
		l, listErr := list(v)
		if listErr != nil {
			return listErr
		}
		v.Scripts("upload.js")
		f := ui.NewForm(v.Say, nil).Asking(ui.Field{Name: "files", Label: v.Say.T("appeal.upload")}).Failed(err)
		return v.RenderAs(web.Status(err), v.Say.T("appeal.title"), listPage(v, f, l))
	}
	http.Redirect(v.W, v.R, newDenial(v, papers...), http.StatusSeeOther)
	return nil
}

// manyPages is how many files one letter may have.
const manyPages = 30

// take keeps the files of the posted form, each straight into the vault, and gives
// their names in the case.
func take(v *web.Visit) ([]string, error) {
	form, err := v.R.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "form.file").On("files")
	}
	var all []string
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fault.New(fault.Invalid, "appeal.upload.broken").On("files").Because(err)
		}
		if part.FormName() != "files" || part.FileName() == "" {
			continue
		}
		if len(all) == manyPages {
			return all, fault.New(fault.TooLarge, "appeal.upload.too_many").On("files").With("n", strconv.Itoa(manyPages))
		}
		sha256, err := receive(v, part)
		if err != nil {
			var fs fault.Faults
			for _, f := range fault.All(err) {
				fs = append(fs, f.On("files"))
			}
			return all, fs
		}
		if !slices.Contains(all, sha256) {
			all = append(all, sha256)
		}
	}
}

// receive keeps one file of a form and gives its SHA-256.
func receive(v *web.Visit, part *multipart.Part) (string, error) {
	ctx := v.Context()
	in := bufio.NewReader(part)
	size := int64(-1)
	if _, err := in.Peek(1); errors.Is(err, io.EOF) {
		size = 0 // refused at once, with its name
	}
	u, err := v.House.StartUpload(ctx, v.Who, v.Case, part.FileName(), size)
	if err != nil {
		return "", err
	}
	if u, err = v.House.AppendUpload(ctx, v.Who, v.Case, u.ID, 0, in); err != nil {
		_ = v.House.DropUpload(ctx, v.Who, v.Case, u.ID) // without script nobody goes on with it
		return "", err
	}
	got, err := v.House.FinishUpload(ctx, v.Who, v.Case, u.ID)
	return got.SHA256, err
}

// newDenial is the address at which a new letter is entered, beside these files.
func newDenial(v *web.Visit, papers ...string) string {
	at := v.URL("appeal.denial", v.House.NewID())
	for i, sha256 := range papers {
		at += map[bool]string{true: "?", false: "&"}[i == 0] + "letter=" + url.QueryEscape(sha256)
	}
	return at
}

// storedSince are the files that were handed in since a moment, in the order in
// which they came: those that the upload script sent from this page.
func storedSince(c *casefile.Case, since time.Time) ([]string, error) {
	files, err := records.Files(c)
	var all []string
	for i := len(files) - 1; i >= 0; i-- {
		if f := files[i]; !f.At.Before(since) && len(all) < manyPages {
			all = append(all, f.SHA256)
		}
	}
	return all, err
}
