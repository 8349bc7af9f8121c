"""A form that was filled in by another program than ours."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c

TYPED = "Łucja Żółć-O’Dwyer"
_RETURN = 13


def filled_by_keyboard(pdf: bytes) -> bytes:
    """By keyboard: type into each field of text, and take each box that says Yes."""
    typed = (f"{TYPED}\0").encode("utf-16-le")
    buffer = (pdfium_c.FPDF_WCHAR * (len(typed) // 2)).from_buffer_copy(typed)
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        form = document.formenv
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            for page, described in zip(document, opened.pages, strict=True):
                for index, note in enumerate(described.get("/Annots", [])):
                    if note.Subtype != "/Widget":
                        continue
                    annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
                    assert pdfium_c.FORM_SetFocusedAnnot(form, annotation)
                    if note.get("/FT") == "/Tx":
                        pdfium_c.FORM_ReplaceSelection(form, page, buffer)
                    elif "/Yes" in note.AP.N:
                        pdfium_c.FORM_OnChar(form, page, _RETURN, 0)
                    pdfium_c.FPDFPage_CloseAnnot(annotation)
                pdfium_c.FORM_ForceToKillFocus(form)
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()
