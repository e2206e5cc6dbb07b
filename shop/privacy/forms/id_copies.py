"""What the redaction tool sends."""

from flask_wtf.file import FileField
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from shop.core.forms import ShopForm
from shop.core.personal_data import transient


class IdCopyForm(ShopForm):
    """Where the boxes stand; the picture itself is checked pixel by pixel and made anew."""

    binds = {
        "boxes": transient("where boxes stand in a picture, checked against its pixels and forgotten"),
        "picture": transient("a picture that is made anew before it is kept, encrypted"),
    }

    boxes = HiddenField(validators=[InputRequired(), Length(max=1000)])
    picture = FileField()
