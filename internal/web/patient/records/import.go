package records

import (
	"errors"
	"io"
	"net/url"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the pages show: a place for a packet that was made elsewhere; then, once every
// byte of it has been checked, what is in it and who made it.

type importView struct {
	actions.PacketCheck
}

// The handlers.

func showImport(v *web.Visit) error {
	all, err := records.Imports(v.Case)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.import.title"), importPage(v, ui.NewForm(v.Say, nil), all))
}

// saveImport lays the packet down sealed, as every upload, and goes on to its check.
func saveImport(v *web.Visit) error {
	form, err := v.R.MultipartReader()
	if err != nil {
		return importAgain(v, fault.New(fault.Invalid, "form.file").On("packet"))
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return importAgain(v, fault.New(fault.Invalid, "form.file").On("packet"))
		}
		if err != nil {
			return importAgain(v, fault.New(fault.Invalid, "records.upload.broken").On("packet").Because(err))
		}
		if part.FormName() != "packet" || part.FileName() == "" {
			continue
		}
		u, err := v.House.StartUpload(v.Context(), v.Who, v.Case, part.FileName(), -1)
		if err != nil {
			return err
		}
		if u, err = v.House.AppendUpload(v.Context(), v.Who, v.Case, u.ID, 0, part); err == nil {
			_, err = v.House.CheckPacket(v.Context(), v.Who, v.Case, u.ID)
		}
		if err != nil {
			_ = v.House.DropUpload(v.Context(), v.Who, v.Case, u.ID)
			return importAgain(v, err)
		}
		return v.Go("records.import_check", u.ID)
	}
}

// importAgain shows the form with what is wrong with the packet.
func importAgain(v *web.Visit, err error) error {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Damaged, fault.TooLarge, fault.Full:
	default:
		return err
	}
	var wrong fault.Faults
	for _, f := range fault.All(err) {
		said := fault.New(fault.Invalid, f.Key).On("packet")
		if f.Kind == fault.Damaged || f.Kind == fault.Refused {
			said = fault.New(fault.Invalid, "records.import.not_packet").On("packet")
			if file := f.Vars["file"]; file != "" {
				said = fault.New(fault.Invalid, "records.import.changed").With("file", file).On("packet")
			}
		}
		wrong = append(wrong, said)
	}
	all, loadErr := records.Imports(v.Case)
	if loadErr != nil {
		return loadErr
	}
	return v.RenderAs(web.Status(wrong), v.Say.T("records.import.title"), importPage(v, ui.NewForm(v.Say, url.Values{}).Failed(wrong), all))
}

func showImportCheck(v *web.Visit) error {
	s, err := importSheet(v)
	if err != nil {
		return err
	}
	return v.ShowSheet(s)
}

func saveImportCheck(v *web.Visit) error {
	s, err := importSheet(v)
	if err != nil {
		return err
	}
	if _, err := v.House.ImportPacket(v.Context(), v.Who, v.Case, v.Item("upload"), readTrust(v.Form)); err != nil {
		return v.Again(s, err)
	}
	return v.Go("records")
}

func importSheet(v *web.Visit) (web.Sheet, error) {
	check, err := v.House.CheckPacket(v.Context(), v.Who, v.Case, v.Item("upload"))
	if err != nil {
		return web.Sheet{}, err
	}
	return web.Sheet{
		Title:  v.Say.T("records.import_check.title"),
		Fields: []web.Named{{Name: "trust", Label: v.Say.T("records.import_check.trust")}},
		Saved:  func(*casefile.Case) (url.Values, casefile.Version, error) { return url.Values{}, 0, nil },
		Draw:   func(f ui.Form) templ.Component { return importCheckPage(v, f, importView{check}) },
	}, nil
}

// The form.

func readTrust(form url.Values) actions.Trust {
	return actions.Trust{Agreed: form.Get("trust") == "yes"}
}
